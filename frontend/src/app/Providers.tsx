import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Toaster } from "sonner";
import { keys } from "@/api/keys";
import { TooltipProvider } from "@/components/ui/tooltip";
import { useTitleWriter } from "@/hooks/title";
import { ApiError, isPassing } from "@/lib/problems";

/** The cache of all answers. Whoever is told that nobody is signed in any more, gets to the sign-in page. */
export function makeClient(): QueryClient {
  const look = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) client.setQueryData(keys.me, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: look }),
    mutationCache: new MutationCache({ onError: look }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        retry: (failures, error) => failures < 2 && isPassing(error),
        retryDelay: (failures, error) =>
          error instanceof ApiError && error.retryAfterS ? error.retryAfterS * 1000 : 800 * 2 ** failures,
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}

export function Providers({ client, children }: { client: QueryClient; children: ReactNode }) {
  useTitleWriter();
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={300}>
        {children}
        <Toaster
          position="bottom-left"
          offset={{ bottom: 24, left: 24 }}
          mobileOffset={{ bottom: 72 }}
          toastOptions={{
            classNames: {
              toast: "!font-sans !bg-surface !text-foreground !border-line !shadow-float !rounded-xl",
              description: "!text-muted",
              actionButton: "!bg-primary !text-on-primary !rounded-md",
            },
          }}
        />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
