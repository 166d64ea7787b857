import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { keys } from "@/api/keys";
import { SessionsSection } from "@/components/settings/SessionsSection";
import { makeSession } from "@/test/make-people";
import { show } from "@/test/render";
import { answers, refuses } from "@/test/server";

const here = makeSession({ current: true });
const there = makeSession({ device: "Chrome on Android", address: "198.51.100.4" });

it("shows where somebody is signed in, and signs one browser out", async () => {
  const all = [there, here];
  answers("get", "/api/sessions", () => ({ sessions: all }));
  const ended = answers(
    "delete",
    "/api/sessions/:id",
    () => {
      all.shift();
      return null;
    },
    204,
  );
  const { user } = show(<SessionsSection />);
  const rows = await screen.findAllByRole("listitem");
  expect(rows).toHaveLength(2);
  expect(within(rows[0] as HTMLElement).getByText("This browser")).toBeInTheDocument();
  expect(screen.getAllByText("This browser")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Sign out of Chrome on Android, 198.51.100.4" }));
  await waitFor(() => expect(screen.queryByText("Chrome on Android")).toBeNull());
  expect(ended.map(({ path }) => path)).toEqual([`/api/sessions/${there.id}`]);
});

it("signs out everywhere else after asking, and stays here unless told otherwise", async () => {
  answers("get", "/api/sessions", { sessions: [here, there] });
  const ended = answers("delete", "/api/sessions", {}, 204);
  const { user, client } = show(<SessionsSection />);
  await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));
  const question = await screen.findByRole("alertdialog", { name: "Sign out everywhere?" });
  expect(ended).toHaveLength(0);
  await user.click(within(question).getByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(ended.map(({ path }) => path)).toEqual(["/api/sessions?keep_this=true"]));
  expect(client.getQueryData(keys.me)).not.toBeNull();
  await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));
  await user.click(await screen.findByRole("checkbox", { name: "Stay signed in here" }));
  await user.click(screen.getByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(client.getQueryData(keys.me)).toBeNull());
  expect(ended[1]?.path).toBe("/api/sessions?keep_this=false");
});

it("says what is wrong when sessions cannot be shown, and asks again", async () => {
  refuses("get", "/api/sessions", 503, "unavailable", "The database is away.");
  const { user } = show(<SessionsSection />);
  await screen.findByText("The database is away.");
  answers("get", "/api/sessions", { sessions: [here] });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("This browser");
});
