import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { keys, type VideoListParams } from "@/api/keys";
import { getVideo, getVideos } from "@/api/videos";

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
    refetchInterval: ({ state }) => (state.data && MOVING.has(state.data.status) ? 3000 : false),
  });
}
