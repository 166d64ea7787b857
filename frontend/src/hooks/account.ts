import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { type Credentials, changePassword, getMe, getSignInOptions, signIn, signOut, signUp } from "@/api/account";
import { keys } from "@/api/keys";
import type { Limits, Me } from "@/types/batch";

/** Who is signed in; `data` is null when nobody is. */
export function useMe() {
  return useQuery({ queryKey: keys.me, queryFn: ({ signal }) => getMe(signal), staleTime: 60_000 });
}

const FEWEST: Limits = {
  videos_per_batch: 3,
  concurrency: 1,
  weight: 1,
  default_priority: 5,
  batches_per_hour: 5,
  open_batches: 3,
  minutes_per_month: 300,
  retention_days: 30,
};

/** What the plan of whoever is signed in allows. */
export function useLimits(): { limits: Limits; tier: string } {
  const { data } = useMe();
  return { limits: data?.limits ?? FEWEST, tier: data?.tier ?? "free" };
}

/** What the provider is called by which one can sign in here, if there is one. */
export function useProvider(): string | null {
  const { data } = useQuery({
    queryKey: keys.signInOptions,
    queryFn: ({ signal }) => getSignInOptions(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.provider ?? null;
}

/** Sign in, or make an account and be signed in. */
export function useEntrance(kind: "sign-in" | "sign-up") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => (kind === "sign-in" ? signIn : signUp)(credentials),
    onSuccess: (me: Me) => client.setQueryData(keys.me, me),
  });
}

/** A new password, by somebody who knows the old one. */
export function useChangePassword() {
  return useMutation({ mutationFn: changePassword, onSuccess: () => toast.success("Password changed") });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSettled: () => {
      // Nothing of one person stays for the next.
      client.clear();
      client.setQueryData(keys.me, null);
    },
  });
}
