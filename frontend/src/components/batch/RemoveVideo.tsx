import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { useDeleteVideo } from "@/hooks/videos";
import type { Video } from "@/types/batch";

/** Takes a video out of the library, after asking. */
export function RemoveVideo({ video }: { video: Pick<Video, "id" | "name"> }) {
  const [asks, setAsks] = useState(false);
  const navigate = useNavigate();
  const { mutate, isPending } = useDeleteVideo(() => navigate("/videos"));
  return (
    <>
      <Button variant="outline" busy={isPending} onClick={() => setAsks(true)}>
        <Trash2 aria-hidden />
        Remove from the library
      </Button>
      <AlertDialog
        open={asks}
        onOpenChange={setAsks}
        title={`Remove “${video.name}”?`}
        action="Remove video"
        onConfirm={() => mutate(video)}
      >
        The original is deleted for good. Results that were made of it stay in their batches, but cannot be rendered
        again.
      </AlertDialog>
    </>
  );
}
