/** Why videos fail, in short, by error code. */

const REASONS: Record<string, string> = {
  failed_permanently: "Damaged or unsupported file",
  failed_for_now: "Failed again and again",
  not_found: "File is missing in the store",
  invalid: "Settings do not fit the file",
  too_large: "Too large",
  quota: "Minutes of the month used up",
  out_of_time: "Out of time",
  out_of_space: "No space left",
  unavailable: "A service was away",
  stopped_its_worker: "Stopped its worker",
  abandoned: "Upload never finished",
  internal: "Something unexpected",
  unknown: "Unknown",
};

export function reasonOf(code: string): string {
  return REASONS[code] ?? code.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());
}
