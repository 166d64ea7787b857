import { keepPreviousData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { keys } from "@/api/keys";
import {
  changeNotificationSettings,
  getNotices,
  getNotificationSettings,
  markAllNoticesRead,
  markNoticeRead,
  type NoticeListParams,
} from "@/api/notices";
import { usePolling } from "@/hooks/live";
import { explain } from "@/lib/problems";
import type { Notice, NoticePage } from "@/types/batch";

/** A page of what somebody was told. */
export function useNotices(params: NoticeListParams) {
  return useQuery({
    queryKey: keys.noticeList(params),
    queryFn: ({ signal }) => getNotices(params, signal),
    placeholderData: keepPreviousData,
    refetchInterval: usePolling(true),
  });
}

/** Mark one notice as read, or with null all of them; shown at once. */
export function useReadNotices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (notice: Notice | null) => (notice ? markNoticeRead(notice.id) : markAllNoticesRead()),
    onMutate: (notice) => showRead(client, notice),
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: keys.notices }),
  });
}

function showRead(client: QueryClient, notice: Notice | null): void {
  const read_at = new Date().toISOString();
  client.setQueriesData<NoticePage>({ queryKey: keys.notices }, (page) => {
    if (!page) return page;
    const isMeant = (one: Notice) => one.read_at === null && (notice === null || one.id === notice.id);
    const unread = notice ? page.unread - (notice.read_at === null ? 1 : 0) : 0;
    return { ...page, unread, notices: page.notices.map((one) => (isMeant(one) ? { ...one, read_at } : one)) };
  });
}

export function useNotificationSettings() {
  return useQuery({
    queryKey: keys.notificationSettings,
    queryFn: ({ signal }) => getNotificationSettings(signal),
    staleTime: 30_000,
  });
}

export function useChangeNotificationSettings() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: changeNotificationSettings,
    onSuccess: (settings) => client.setQueryData(keys.notificationSettings, settings),
    onError: fail,
  });
}

function fail(error: unknown): void {
  const { title, detail } = explain(error);
  toast.error(title, { description: detail });
}
