import { Separator as Radix } from "radix-ui";
import { cn } from "@/lib/cn";

export function Separator({ className }: { className?: string }) {
  return <Radix.Root decorative className={cn("h-px w-full bg-line", className)} />;
}
