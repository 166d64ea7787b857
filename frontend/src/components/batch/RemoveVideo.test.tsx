import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { RemoveVideo } from "@/components/batch/RemoveVideo";
import { makeId } from "@/test/make";
import { show } from "@/test/render";
import { answers, refuses } from "@/test/server";

async function remove() {
  const { user } = show(<RemoveVideo video={{ id: makeId(), name: "Talk.mp4" }} />);
  await user.click(screen.getByRole("button", { name: "Remove from the library" }));
  const question = await screen.findByRole("alertdialog", { name: "Remove “Talk.mp4”?" });
  return { user, question };
}

it("removes a video from the library only after asking", async () => {
  const asked = answers("delete", "/api/videos/:id", {}, 204);
  const { user, question } = await remove();
  expect(asked).toHaveLength(0);
  await user.click(within(question).getByRole("button", { name: "Remove video" }));
  await waitFor(() => expect(asked).toHaveLength(1));
  expect(await screen.findByText("Talk.mp4 was removed from the library")).toBeInTheDocument();
});

it("says why a video cannot be removed", async () => {
  refuses("delete", "/api/videos/:id", 409, "conflict", "The batch Talks still needs it; wait until that has ended.");
  const { user, question } = await remove();
  await user.click(within(question).getByRole("button", { name: "Remove video" }));
  expect(await screen.findByText(/The batch Talks still needs it/)).toBeInTheDocument();
});
