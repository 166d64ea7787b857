import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { SecurityLogSection } from "@/components/settings/SecurityLogSection";
import { makeEntry } from "@/test/make-people";
import { show } from "@/test/render";
import { answers } from "@/test/server";

it("says what was done, by whom and from where, and goes on with the page before", async () => {
  const newest = [
    makeEntry({ action: "tier_set", way: "session", by: "ops@example.com", detail: { before: "free", after: "pro" } }),
    makeEntry({ action: "role_set", way: "command", address: "", device: "Unknown", detail: { after: "operator" } }),
  ];
  const oldest = makeEntry({ action: "sign_in_failed", device: "curl" });
  const asked = answers("get", "/api/audit-log", ({ path }) =>
    path.includes("before=4711") ? { entries: [oldest], before: null } : { entries: newest, before: 4711 },
  );
  const { user } = show(<SecurityLogSection />);
  const [first, second] = await screen.findAllByRole("listitem");
  expect(first).toHaveTextContent("Plan set · from free to pro");
  expect(first).toHaveTextContent("by ops@example.com · Firefox on Linux · 203.0.113.7");
  expect(second).toHaveTextContent("Role set · to operator");
  expect(second).toHaveTextContent("by whoever runs this installation");
  await user.click(screen.getByRole("button", { name: "Show older entries" }));
  await waitFor(() => expect(screen.getAllByRole("listitem")).toHaveLength(3));
  const last = screen.getAllByRole("listitem")[2];
  expect(last).toHaveTextContent("Sign-in failed");
  await waitFor(() => expect(last).toHaveFocus());
  expect(screen.queryByRole("button", { name: "Show older entries" })).toBeNull();
  expect(asked).toHaveLength(2);
});
