import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { toast } from "sonner";
import { changePreferences, getPreferences } from "@/api/account";
import { keys } from "@/api/keys";
import { explain } from "@/lib/problems";
import { chooseTheme, type Theme } from "@/lib/theme";
import type { Me, PreferencesChange } from "@/types/batch";

export function usePreferences() {
  return useQuery({ queryKey: keys.preferences, queryFn: ({ signal }) => getPreferences(signal), staleTime: 30_000 });
}

export function useChangePreferences() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: PreferencesChange) => changePreferences(change),
    onSuccess: (preferences) => {
      client.setQueryData(keys.preferences, preferences);
      client.setQueryData<Me | null>(keys.me, (me) => me && { ...me, theme: preferences.theme });
      void client.invalidateQueries({ queryKey: keys.usage });
    },
    onError: (error) => {
      const { title, detail } = explain(error);
      toast.error(title, { description: detail });
    },
  });
}

/** Changes the theme at once, and keeps it with the account. */
export function useChooseTheme(): (theme: Theme) => void {
  const { mutate } = useChangePreferences();
  return useCallback(
    (theme: Theme) => {
      chooseTheme(theme);
      mutate({ theme });
    },
    [mutate],
  );
}

/** Shows the page as this account has chosen it, in whatever browser. */
export function useThemeOf(me: Me): void {
  useEffect(() => {
    if (me.theme) chooseTheme(me.theme);
  }, [me.theme]);
}
