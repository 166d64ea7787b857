import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { NoticeBell } from "@/components/notices/NoticeBell";
import { applyEvents } from "@/hooks/live-cache";
import { makeNotice } from "@/test/make";
import { address, show } from "@/test/render";
import { answers } from "@/test/server";

describe("the bell", () => {
  it("tells how many notices are unread, and opening one reads it", async () => {
    const first = makeNotice({ title: "Season 3 is finished", link: "/batches/1/report" });
    const second = makeNotice({ title: "Nearly used up", kind: "quota", link: null });
    const page = { notices: [first, second], total: 2, unread: 2 };
    answers("get", "/api/notices", () => page);
    const read = answers("post", "/api/notices/:id/read", () => {
      page.unread = 1;
      page.notices = [{ ...first, read_at: first.created_at }, second];
      return { unread: 1 };
    });
    const { user } = show(<NoticeBell />);
    await user.click(await screen.findByRole("button", { name: "Notices, 2 unread" }));
    expect(screen.getByText("2 unread notices")).toHaveAttribute("role", "status");
    const list = within(screen.getByRole("dialog", { name: "Notices" }));
    await user.click(list.getByRole("link", { name: /Season 3 is finished/ }));
    expect(address()).toBe("/batches/1/report");
    await screen.findByRole("button", { name: "Notices, 1 unread" });
    expect(read.map(({ path }) => path)).toEqual([`/api/notices/${first.id}/read`]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("reads all at once, and says when there is nothing", async () => {
    const page = { notices: [makeNotice()], total: 1, unread: 1 };
    answers("get", "/api/notices", () => page);
    answers("post", "/api/notices/read", () => {
      Object.assign(page, { notices: [], unread: 0 });
      return { unread: 0 };
    });
    const { user } = show(<NoticeBell />);
    await user.click(await screen.findByRole("button", { name: "Notices, 1 unread" }));
    await user.click(screen.getByRole("button", { name: "Mark all as read" }));
    await screen.findByText(/Nothing yet/);
    expect(screen.queryByText(/unread notice/)).toBeNull();
  });

  it("shows what came while it was looked at", async () => {
    const page = { notices: [] as unknown[], total: 0, unread: 0 };
    answers("get", "/api/notices", () => page as never);
    const { client } = show(<NoticeBell />);
    await waitFor(() => expect(client.isFetching()).toBe(0));
    const notice = makeNotice({ kind: "quota" });
    Object.assign(page, { notices: [notice], total: 1, unread: 1 });
    const outcomes = applyEvents(client, [{ type: "notices", unread: 1, notice }]);
    expect(outcomes).toEqual([{ about: "notice", notice }]);
    await screen.findByRole("button", { name: "Notices, 1 unread" });
  });
});
