import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { restrictToParentElement, restrictToVerticalAxis } from "@dnd-kit/modifiers";
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { type ReactNode, useRef } from "react";
import type { BatchVideo } from "@/types/batch";

type Render = (video: BatchVideo, drag: { handle: object; dragging: boolean }) => ReactNode;

interface Props {
  videos: readonly BatchVideo[];
  render: Render;
  onOrder: (videoIds: string[]) => void;
}

/** Videos whose order can be changed, with the mouse, a finger or the keyboard. */
export function SortableVideos({ videos, render, onOrder }: Props) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = videos.map((video) => video.video_id);
  const name = (id: string | number) => videos.find((video) => video.video_id === id)?.name ?? "";
  const place = (id: string | number | undefined) => ids.indexOf(String(id)) + 1;
  const moved = useRef(false);
  const announcements: Announcements = {
    onDragStart: ({ active }) => {
      moved.current = false;
      return `Picked up ${name(active.id)}, place ${place(active.id)} of ${ids.length}.`;
    },
    onDragOver: ({ active, over }) => {
      // The first place that it is over is its own: that was said.
      moved.current ||= over?.id !== active.id;
      return over && moved.current ? `Place ${place(over.id)} of ${ids.length}.` : undefined;
    },
    onDragEnd: ({ active, over }) => `${name(active.id)} is now in place ${place(over?.id ?? active.id)}.`,
    onDragCancel: ({ active }) => `${name(active.id)} stays where it was.`,
  };
  const end = ({ active, over }: DragEndEvent) => {
    if (over && active.id !== over.id) onOrder(arrayMove(ids, place(active.id) - 1, place(over.id) - 1));
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      modifiers={[restrictToVerticalAxis, restrictToParentElement]}
      onDragEnd={end}
      accessibility={{ announcements }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ul className="divide-y divide-line border-line border-t">
          {videos.map((video) => (
            <Item key={video.id} video={video} render={render} />
          ))}
        </ul>
      </SortableContext>
    </DndContext>
  );
}

function Item({ video, render }: { video: BatchVideo; render: Render }) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: video.video_id,
  });
  const handle = { ...attributes, ...listeners, ref: setActivatorNodeRef };
  return (
    <li ref={setNodeRef} style={{ transform: CSS.Translate.toString(transform), transition }}>
      {render(video, { handle, dragging: isDragging })}
    </li>
  );
}
