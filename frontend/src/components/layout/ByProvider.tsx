import { KeyRound } from "lucide-react";
import { Button } from "@/components/ui/button";
import { providerUrl } from "@/lib/sign-in";

/** The way in by the provider of the installation. A link: it leads to another site. */
export function ByProvider({ name, next }: { name: string; next: string }) {
  return (
    <>
      <div className="my-5 flex items-center gap-3 text-muted text-sm">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      <Button asChild variant="outline" size="large" className="w-full">
        <a href={providerUrl(next)}>
          <KeyRound aria-hidden />
          <span className="truncate">Sign in with {name}</span>
        </a>
      </Button>
    </>
  );
}
