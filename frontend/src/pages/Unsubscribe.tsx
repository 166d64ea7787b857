import { useMutation } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { unsubscribe } from "@/api/notices";
import { Logo } from "@/components/layout/Logo";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/title";
import { explain } from "@/lib/problems";

const LETTERS = { reports: "about batches", notices: "about important notices" };

/** Where the link at the end of a letter leads. It asks first: mail programs open links by themselves. */
export function Unsubscribe() {
  const [params] = useSearchParams();
  const end = useMutation({ mutationFn: () => unsubscribe(params.get("token") ?? "") });
  useTitle("No more letters");
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex justify-center">
          <Logo />
        </div>
        <div className="grid gap-4 rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="font-semibold text-xl">No more letters</h1>
          {end.data ? (
            <p role="status" className="text-sm">
              You get no more letters {LETTERS[end.data]}. In the settings you can have them again.
            </p>
          ) : (
            <>
              {end.error && <Alert>{explain(end.error).detail}</Alert>}
              <p className="text-muted text-sm">Have no more letters of the kind in which you found this link?</p>
              <Button busy={end.isPending} onClick={() => end.mutate()}>
                No more letters
              </Button>
            </>
          )}
          <Link to="/settings/notifications" className="text-center text-primary text-sm hover:underline">
            To the settings
          </Link>
        </div>
      </div>
    </main>
  );
}
