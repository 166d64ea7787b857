import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { keys } from "@/api/keys";
import {
  askForPasswordReset,
  createApiKey,
  endSession,
  getApiKeys,
  getAuditLog,
  getSessions,
  resetPassword,
  revokeApiKey,
  signOutEverywhere,
} from "@/api/security";
import { ApiError, explain } from "@/lib/problems";
import type { ApiKey, Session } from "@/types/people";

/** Where somebody is signed in. */
export function useSessions() {
  return useQuery({ queryKey: keys.sessions, queryFn: ({ signal }) => getSessions(signal) });
}

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (session: Session) => endSession(session.id),
    onSuccess: (_, session) => toast.success(`Signed out of ${session.device}`),
    onError: (error) => {
      // It has ended already: what was wanted is so.
      if (!(error instanceof ApiError && error.status === 404)) fail(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }),
  });
}

/** Sign out in all browsers, or in all others. */
export function useSignOutEverywhere() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOutEverywhere,
    onSuccess: (_, keepThis) => {
      toast.success(keepThis ? "Signed out in all other browsers" : "Signed out everywhere");
      if (keepThis) return client.invalidateQueries({ queryKey: keys.sessions });
      client.clear();
      client.setQueryData(keys.me, null);
    },
    onError: fail,
  });
}

export function useApiKeys() {
  return useQuery({ queryKey: keys.apiKeys, queryFn: ({ signal }) => getApiKeys(signal) });
}

/** Make a key; its form shows what is wrong. */
export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: createApiKey,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: ApiKey) => revokeApiKey(key.id),
    onSuccess: (_, key) => toast.success(`“${key.name}” is revoked`),
    onError: fail,
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

/** What was done to the own account, page after page. */
export function useAuditLog() {
  return useInfiniteQuery({
    queryKey: keys.auditLog,
    queryFn: ({ pageParam, signal }) => getAuditLog(pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.before,
    refetchOnWindowFocus: false,
  });
}

export function useAskForPasswordReset() {
  return useMutation({ mutationFn: askForPasswordReset });
}

/** A new password by a link. Every browser is signed out by it, this one too. */
export function useResetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: resetPassword,
    onSuccess: () => {
      client.clear();
      client.setQueryData(keys.me, null);
    },
  });
}

function fail(error: unknown): void {
  const { title, detail } = explain(error);
  toast.error(title, { description: detail });
}
