import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiKeysSection } from "@/components/settings/ApiKeysSection";
import { makeMe } from "@/test/make";
import { makeApiKey } from "@/test/make-people";
import { pick, show } from "@/test/render";
import { answers, refuses } from "@/test/server";

it("makes a key with scopes and an end, and shows it once", async () => {
  const all = [] as unknown[];
  answers("get", "/api/api-keys", () => ({ api_keys: all }) as never);
  const made = answers(
    "post",
    "/api/api-keys",
    () => {
      const key = makeApiKey({ name: "Night shift", scopes: ["read"] });
      all.push(key);
      return { ...key, key: "dly_secret" };
    },
    201,
  );
  const { user } = show(<ApiKeysSection />);
  await screen.findByText("No API keys yet");
  await user.click(screen.getByRole("button", { name: "New key" }));
  const form = within(await screen.findByRole("dialog", { name: "New API key" }));
  expect(form.queryByRole("checkbox", { name: "Operate" })).toBeNull();
  await user.click(form.getByRole("button", { name: "Make it" }));
  expect(form.getByText("Enter a name that says where the key is used.")).toBeInTheDocument();
  await user.type(form.getByLabelText("Name"), "Night shift");
  await user.click(form.getByRole("checkbox", { name: "Write" }));
  await pick(user, "Expires", "In 30 days");
  await user.click(form.getByRole("button", { name: "Make it" }));
  expect(await screen.findByLabelText("API key")).toHaveValue("dly_secret");
  expect(made[0]?.body).toEqual({ name: "Night shift", scopes: ["read"], expires_in_days: 30 });
  await user.click(screen.getByRole("button", { name: "Copy" }));
  expect(await navigator.clipboard.readText()).toBe("dly_secret");
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(await screen.findByRole("listitem")).toHaveTextContent("Night shift");
  expect(screen.queryByDisplayValue("dly_secret")).toBeNull();
});

it("lets only operators make keys that operate, and says what the server has against a key", async () => {
  answers("get", "/api/me", makeMe({ role: "operator" }));
  answers("get", "/api/api-keys", { api_keys: [] });
  refuses("post", "/api/api-keys", 409, "conflict", "An account may have 50 API keys.");
  const { user } = show(<ApiKeysSection />);
  await user.click(await screen.findByRole("button", { name: "New key" }));
  await screen.findByRole("checkbox", { name: "Operate" });
  await user.type(screen.getByLabelText("Name"), "x");
  await user.click(screen.getByRole("button", { name: "Make it" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("An account may have 50 API keys.");
});

it("tells which keys have expired, and revokes one only after asking", async () => {
  const old = makeApiKey({ name: "Old one", expires_at: "2020-01-01T00:00:00Z" });
  const all = [makeApiKey(), old];
  answers("get", "/api/api-keys", () => ({ api_keys: all }));
  const revoked = answers(
    "delete",
    "/api/api-keys/:id",
    () => {
      all.pop();
      return null;
    },
    204,
  );
  const { user } = show(<ApiKeysSection />);
  expect(await screen.findAllByText("Expired")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Revoke Old one" }));
  const question = await screen.findByRole("alertdialog", { name: "Revoke “Old one”?" });
  expect(revoked).toHaveLength(0);
  await user.click(within(question).getByRole("button", { name: "Revoke key" }));
  await waitFor(() => expect(screen.queryByText("Old one")).toBeNull());
  expect(revoked.map(({ path }) => path)).toEqual([`/api/api-keys/${old.id}`]);
});
