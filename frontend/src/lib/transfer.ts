/** One PUT with progress, by XMLHttpRequest: `fetch` cannot tell how much of a body has left. */
import { ApiError } from "@/lib/problems";

export interface Sending {
  url: string;
  headers: Record<string, string>;
  body: Blob;
  signal: AbortSignal;
  /** Bytes of the body that have left so far. */
  onProgress: (sent: number) => void;
}

export type Put = (sending: Sending) => Promise<void>;

/** Without a byte for so long a connection is given up. */
const STALLED_MS = 60_000;

/** Send a body. Throws `ApiError`, or an `AbortError` when the signal said so. */
export const put: Put = ({ url, headers, body, signal, onProgress }) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new DOMException("Stopped.", "AbortError"));
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout>;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        request.abort();
        end(() => reject(broken("Nothing moved for a minute.")));
      }, STALLED_MS);
    };
    const stop = () => {
      request.abort();
      end(() => reject(new DOMException("Stopped.", "AbortError")));
    };
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      settle();
    };
    signal.addEventListener("abort", stop);
    request.upload.onprogress = (event) => {
      watch();
      onProgress(event.loaded);
    };
    request.onload = () =>
      end(() => (request.status >= 200 && request.status < 300 ? resolve() : reject(refused(request))));
    request.onerror = () => end(() => reject(broken("The connection broke.")));
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    watch();
    request.send(body);
  });

function broken(detail: string): ApiError {
  return new ApiError({ status: 0, code: "unreachable", detail });
}

function refused(request: XMLHttpRequest): ApiError {
  let said: { detail?: string; code?: string } = {};
  try {
    said = JSON.parse(request.responseText);
  } catch {
    // A store other than ours answers in XML.
  }
  const detail = said.detail ?? `The store refused the upload (${request.status}).`;
  return new ApiError({ status: request.status, code: said.code ?? "upload_refused", detail });
}
