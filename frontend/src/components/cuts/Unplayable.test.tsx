import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { Unplayable } from "@/components/cuts/Unplayable";
import { useOriginal } from "@/hooks/original";
import { useVideo } from "@/hooks/videos";
import { show } from "@/test/render";
import { server } from "@/test/server";
import type { Video } from "@/types/batch";

const AVI = { id: "v1", status: "ready", playable: false, source_url: "/avi", proxy: null } as unknown as Video;

function Watched({ watching }: { watching: boolean }) {
  const { data } = useVideo("v1");
  return data ? <Player video={data} watching={watching} /> : null;
}

function Player({ video, watching }: { video: Video; watching: boolean }) {
  const original = useOriginal(video, watching);
  return original.url ? <p>plays {original.url}</p> : <Unplayable original={original} />;
}

describe("an original that browsers cannot play", () => {
  it("is prepared when somebody wants to watch it, and not before", async () => {
    const answers = [
      { status: "preparing", progress: 40 },
      { status: "ready", progress: 100, url: "/copy" },
    ];
    let asked = 0;
    server.use(
      http.get("*/api/videos/v1", () => HttpResponse.json({ ...AVI, proxy: asked ? answers.shift() : null })),
      http.post("*/api/videos/v1/proxy", () => {
        asked += 1;
        return HttpResponse.json({ status: "preparing", progress: 0 }, { status: 202 });
      }),
    );
    const { user } = show(<Watched watching={false} />);
    expect(await screen.findByText("Browsers cannot play this kind of file")).toBeVisible();
    expect(asked).toBe(0);
    await user.click(screen.getByRole("button", { name: "Prepare it for watching" }));
    await waitFor(() => expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40"));
    expect(await screen.findByText("plays /copy", {}, { timeout: 5000 })).toBeVisible();
    expect(asked).toBe(1);
  });

  it("says why it could not be prepared", async () => {
    const detail = "2 of your videos are being prepared for playing; wait until one is done.";
    server.use(
      http.get("*/api/videos/v1", () => HttpResponse.json(AVI)),
      http.post("*/api/videos/v1/proxy", () =>
        HttpResponse.json({ code: "conflict", title: "Conflict", detail, status: 409 }, { status: 409 }),
      ),
    );
    show(<Watched watching />);
    expect(await screen.findByText(detail)).toBeVisible();
    expect(screen.getByRole("button", { name: "Try again" })).toBeVisible();
  });

  it("is itself played where browsers can, and offered a copy where this one cannot", async () => {
    function Failing() {
      const original = useOriginal({ ...AVI, playable: true }, false);
      return original.url ? (
        <button type="button" onClick={original.onUnplayable}>
          plays {original.url}
        </button>
      ) : (
        <Unplayable original={original} />
      );
    }
    const { user } = show(<Failing />);
    await user.click(screen.getByRole("button", { name: "plays /avi" }));
    expect(screen.getByRole("button", { name: "Prepare it for watching" })).toBeVisible();
  });
});
