import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { keys, type VideoListParams } from "@/api/keys";
import { deleteVideo, getVideo, getVideos } from "@/api/videos";
import { explain } from "@/lib/problems";
import type { Video } from "@/types/batch";

/** How often a copy that is being prepared is asked about: as often as it is told how far that is. */
const PREPARING_MS = 2000;
const MOVING = new Set(["waiting", "uploading", "checking"]);

/** A page of the library. While something arrives or is inspected, it is asked for again. */
export function useVideos(params: VideoListParams) {
  return useQuery({
    queryKey: keys.videoList(params),
    queryFn: ({ signal }) => getVideos(params, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.videos.some((video) => MOVING.has(video.status)) ? 5000 : false),
  });
}

export function useVideo(id: string) {
  return useQuery({
    queryKey: keys.video(id),
    queryFn: ({ signal }) => getVideo(id, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.proxy?.status === "preparing" ? PREPARING_MS : data && MOVING.has(data.status) ? 3000 : false,
  });
}

/** Removes a video from the library. */
export function useDeleteVideo(onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (video: Pick<Video, "id" | "name">) => deleteVideo(video.id),
    onSuccess: (_, video) => {
      onDone();
      client.removeQueries({ queryKey: keys.video(video.id) });
      void client.invalidateQueries({ queryKey: ["videos"] });
      toast.success(`${video.name} was removed from the library`);
    },
    onError: (error) => {
      const { title, detail } = explain(error);
      toast.error(title, { description: detail });
    },
  });
}
