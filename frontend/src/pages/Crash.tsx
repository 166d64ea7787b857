import { useRouteError } from "react-router";
import { Button } from "@/components/ui/button";

/** The page itself has a fault: what is left is to load it anew. */
export function Crash() {
  const error = useRouteError();
  // After a new version was installed, the parts of the old one are gone.
  const outdated = error instanceof Error && /dynamically imported|module script/i.test(error.message);
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-2 p-6 text-center">
      <h1 className="font-semibold text-xl">
        {outdated ? "There is a new version" : "Something went wrong on this page"}
      </h1>
      <p className="max-w-sm text-muted text-sm">
        {outdated
          ? "Reload the page to go on with it."
          : "Your uploads and batches are safe. Reload the page to go on."}
      </p>
      <Button className="mt-3" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </main>
  );
}
