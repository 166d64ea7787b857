/** Trying again, patiently. */

export const ATTEMPTS = 3;
const FIRST_MS = 1000;

/** Milliseconds to wait after so many failures: 1 s, 3 s, 9 s, each with some jitter. */
export function delayAfter(failures: number, random = Math.random): number {
  return FIRST_MS * 3 ** (failures - 1) * (0.75 + random() * 0.5);
}

/** Wait; ends early, with an `AbortError`, when the signal says so. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("Stopped.", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Wait until the browser is connected to a network again. */
export function untilOnline(signal?: AbortSignal): Promise<void> {
  if (navigator.onLine !== false) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = () => {
      window.removeEventListener("online", end);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(new DOMException("Stopped.", "AbortError"));
      else resolve();
    };
    window.addEventListener("online", end);
    signal?.addEventListener("abort", end);
  });
}
