import { RotateCw } from "lucide-react";
import { useState } from "react";
import { BatchSettingsForm } from "@/components/batch/BatchSettingsForm";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useBatchAction } from "@/hooks/batch-actions";
import { settingsProblems } from "@/lib/settings";
import type { BatchJob, BatchVideo } from "@/types/batch";

interface Props {
  batch: BatchJob;
  video: BatchVideo;
  onClose: () => void;
}

/** A finished video is made anew with settings of its own. */
export default function RenderAgainDialog({ batch, video, onClose }: Props) {
  const before = video.settings ?? batch.settings;
  const [settings, setSettings] = useState(before);
  const { mutate, isPending } = useBatchAction(onClose);
  const same = JSON.stringify(settings) === JSON.stringify(before);
  const wrong = Object.keys(settingsProblems(settings)).length > 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="wide"
      title={`Render “${video.name}” again`}
      description="The result that is there stays until the new one is stored."
      footer={
        <>
          {same && <p className="mr-auto text-muted text-sm">Change at least one setting.</p>}
          <Button variant="outline" onClick={onClose}>
            Leave it
          </Button>
          <Button
            busy={isPending}
            disabled={same || wrong}
            onClick={() => mutate({ kind: "render", batch, videoId: video.video_id, settings })}
          >
            <RotateCw aria-hidden />
            Render again
          </Button>
        </>
      }
    >
      <BatchSettingsForm initialSettings={before} onChange={setSettings} />
    </Dialog>
  );
}
