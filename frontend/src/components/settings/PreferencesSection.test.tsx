import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { PreferencesSection } from "@/components/settings/PreferencesSection";
import { DEFAULT_SETTINGS } from "@/lib/settings";
import { chooseTheme, theme } from "@/lib/theme";
import { makeTemplate } from "@/test/make";
import { pick, show } from "@/test/render";
import { answers, refuses } from "@/test/server";
import type { Preferences } from "@/types/batch";

const preferences: Preferences = { concurrency: 2, concurrency_limit: 3, theme: null };

beforeEach(() => {
  chooseTheme("system");
  answers("get", "/api/me/preferences", preferences);
});

test("fewer videos at the same time are asked for, and as many as the plan allows by null", async () => {
  const asked = answers("patch", "/api/me/preferences", ({ body }) => ({
    ...preferences,
    concurrency: (body as { concurrency: number | null }).concurrency ?? 3,
  }));
  const { user } = show(<PreferencesSection />);
  expect(await screen.findByRole("radio", { name: "2" })).toBeChecked();
  expect(screen.getAllByRole("radio", { name: /^\d$/ })).toHaveLength(3);
  await user.click(screen.getByRole("radio", { name: "1" }));
  expect(screen.getByRole("radio", { name: "1" })).toBeChecked();
  await user.click(screen.getByRole("radio", { name: "3" }));
  expect(await screen.findByRole("radio", { name: "3" })).toBeChecked();
  expect(asked.map((one) => one.body)).toEqual([{ concurrency: 1 }, { concurrency: null }]);
});

test("the theme changes at once and is kept with the account; what goes wrong is said", async () => {
  const asked = answers("patch", "/api/me/preferences", { ...preferences, theme: "dark" });
  const { user } = show(<PreferencesSection />);
  await user.click(screen.getByRole("radio", { name: "Dark" }));
  expect(document.documentElement).toHaveClass("dark");
  await screen.findByRole("radio", { name: "2" });
  expect(asked.map((one) => one.body)).toEqual([{ theme: "dark" }]);
  refuses("patch", "/api/me/preferences", 503, "unavailable", "Try again in a moment.");
  await user.click(screen.getByRole("radio", { name: "Light" }));
  expect(await screen.findByText("Try again in a moment.")).toBeVisible();
  expect(theme.get()).toBe("light");
});

test("new batches begin with a template, or with settings that are made into one", async () => {
  const podcast = makeTemplate({ name: "Podcast" });
  answers("get", "/api/settings-templates", { templates: [podcast] });
  const changed = answers("patch", `/api/settings-templates/${podcast.id}`, { ...podcast, is_default: true });
  const { user } = show(<PreferencesSection />);
  await screen.findByRole("combobox", { name: "Begin with" });
  await pick(user, "Begin with", "Podcast");
  expect(changed.map((one) => one.body)).toEqual([{ is_default: true }]);
  const made = answers("post", "/api/settings-templates", makeTemplate({ name: "My defaults", is_default: true }), 201);
  await user.click(screen.getByRole("button", { name: "Set your own" }));
  await user.click(await screen.findByRole("checkbox", { name: "Transcribe" }));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Template saved")).toBeVisible();
  const settings = { ...DEFAULT_SETTINGS, transcribe: true };
  expect(made.map((one) => one.body)).toEqual([{ name: "My defaults", settings, is_default: true }]);
});
