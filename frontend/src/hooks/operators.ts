import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { keys } from "@/api/keys";
import {
  changeUser,
  type FailureListParams,
  getAnalyticsOfEverybody,
  getBatchJobsOf,
  getDeletions,
  getFailures,
  getQueue,
  getUsers,
  getWholeAuditLog,
  getWorkers,
  refundBatch,
  signOutUser,
  type UserListParams,
} from "@/api/operators";
import { plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import type { BatchJob } from "@/types/batch";
import type { Role, Tier, User } from "@/types/people";

/** What changes from one second to the next is asked for this often, while somebody looks. */
export const LOOK_AGAIN_MS = 5000;
export const BATCHES_ON_A_PAGE = 20;
/** As many as may be asked for at once. */
const MOST_IDS = 100;

export function useUsers(params: UserListParams) {
  return useQuery({
    queryKey: keys.userList(params),
    queryFn: ({ signal }) => getUsers(params, signal),
    placeholderData: keepPreviousData,
  });
}

/** One account; null when there is none with this id. */
export function useUser(id: string) {
  return useQuery({
    queryKey: keys.userList({ ids: [id] }),
    queryFn: async ({ signal }) => getUsers({ ids: [id] }, signal),
    select: (page): User | null => page.users[0] ?? null,
  });
}

/** The email addresses of accounts, by their ids; those that are gone are not in it. */
export function useEmails(ids: readonly string[]): ReadonlyMap<string, string> {
  const wanted = [...new Set(ids)].sort().slice(0, MOST_IDS);
  const { data } = useQuery({
    queryKey: keys.emails(wanted),
    queryFn: ({ signal }) => getUsers({ ids: wanted, limit: MOST_IDS }, signal),
    select: (page) => new Map(page.users.map((user) => [user.id, user.email])),
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return data ?? new Map();
}

/** Give somebody another tier or role. */
export function useChangeUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ user, ...change }: { user: User; tier?: Tier; role?: Role }) => changeUser(user.id, change),
    onSuccess: (user) => {
      toast.success(`${user.email} is changed`);
      // Whoever changes the own account is allowed something else from now on.
      void client.invalidateQueries({ queryKey: keys.me });
    },
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
}

export function useSignOutUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (user: User) => signOutUser(user.id),
    onSuccess: (_, user) => toast.success(`${user.email} is signed out in all browsers`),
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: keys.users }),
  });
}

/** Somebody's batches. Each look is written down, so nothing is asked for again by itself. */
export function useBatchJobsOf(userId: string, page: number) {
  const params = { limit: BATCHES_ON_A_PAGE, offset: (page - 1) * BATCHES_ON_A_PAGE };
  return useQuery({
    queryKey: keys.batchesOf(userId, page),
    queryFn: ({ signal }) => getBatchJobsOf(userId, params, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function useRefundBatch() {
  return useMutation({
    mutationFn: (batch: BatchJob) => refundBatch(batch.id),
    onSuccess: ({ lines }, batch) => {
      const minutes = lines.reduce((sum, line) => sum + line.minutes, 0);
      const told = minutes < 0.1 ? "Less than 0.1 minutes" : plural(Math.round(minutes * 10) / 10, "minute");
      toast.success(`${told} of “${batch.name}” given back`);
    },
    onError: fail,
  });
}

export function useWorkers() {
  return useQuery({
    queryKey: keys.workers,
    queryFn: ({ signal }) => getWorkers(signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}

export function useQueue() {
  return useQuery({
    queryKey: keys.queue,
    queryFn: ({ signal }) => getQueue(signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}

/** Videos that failed, page after page. */
export function useFailures(params: FailureListParams) {
  return useInfiniteQuery({
    queryKey: keys.failures(params),
    queryFn: ({ pageParam, signal }) => getFailures(params, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_after,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

/** How all work went since a day. */
export function useAnalyticsOfEverybody(since: string) {
  return useQuery({
    queryKey: keys.analyticsOfEverybody(since),
    queryFn: ({ signal }) => getAnalyticsOfEverybody(since, signal),
    placeholderData: keepPreviousData,
  });
}

/** What was done to accounts, page after page. */
export function useWholeAuditLog(userId: string | null) {
  return useInfiniteQuery({
    queryKey: keys.wholeAuditLog(userId),
    queryFn: ({ pageParam, signal }) => getWholeAuditLog(userId, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.before,
    refetchOnWindowFocus: false,
  });
}

export function useDeletions(days: number) {
  return useQuery({
    queryKey: keys.allDeletions(days),
    queryFn: ({ signal }) => getDeletions(days, signal),
    placeholderData: keepPreviousData,
  });
}

function fail(error: unknown): void {
  const { title, detail } = explain(error);
  toast.error(title, { description: detail });
}
