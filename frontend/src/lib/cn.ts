import { type ClassValue, clsx } from "clsx";
import { twMerge } from "tailwind-merge";

/** Class names joined, of which later ones win over earlier ones for the same property. */
export function cn(...names: ClassValue[]): string {
  return twMerge(clsx(names));
}
