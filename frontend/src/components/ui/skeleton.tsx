import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** A grey place where something will be. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return <div aria-hidden className={cn("animate-pulse rounded-md bg-line", className)} {...props} />;
}
