import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { BatchSettingsForm } from "@/components/batch/BatchSettingsForm";
import { DEFAULT_SETTINGS } from "@/lib/settings";
import { makeTemplate } from "@/test/make";
import { pick, show } from "@/test/render";
import { answers, refuses } from "@/test/server";
import type { BatchSettings } from "@/types/batch";

function form(initialSettings?: BatchSettings, short = false) {
  const onChange = vi.fn<(settings: BatchSettings) => void>();
  const view = show(<BatchSettingsForm initialSettings={initialSettings} onChange={onChange} short={short} />);
  return { ...view, onChange, last: () => onChange.mock.lastCall?.[0] };
}

describe("the settings of a batch", () => {
  it("tells of every change", async () => {
    const { user, last } = form();
    await user.click(screen.getByRole("checkbox", { name: /^Transcribe/ }));
    expect(last()).toEqual({ ...DEFAULT_SETTINGS, transcribe: true });
    await pick(user, "Language", "German");
    expect(last()?.language).toBe("de");
    await user.click(screen.getByRole("checkbox", { name: /^Detect highlights/ }));
    await user.click(screen.getByRole("radio", { name: "Max" }));
    expect(last()?.highlight_sensitivity).toBe("max");
    await user.type(screen.getByRole("textbox", { name: "Custom keywords" }), "launch, demo,, demo");
    expect(last()?.keywords).toEqual(["launch", "demo"]);
  });

  it("has the model, names to listen for, and subtitles inside, once it transcribes", async () => {
    const { user, last } = form({ ...DEFAULT_SETTINGS, transcribe: true, model: "own-model" });
    expect(screen.getByRole("combobox", { name: "Speech model" })).toHaveTextContent("own-model");
    await pick(user, "Speech model", "Small: good");
    expect(last()?.model).toBe("small");
    fireEvent.change(screen.getByRole("textbox", { name: "Names and terms" }), { target: { value: "Ada, Grace," } });
    expect(last()?.vocabulary).toEqual(["Ada", "Grace"]);
    await user.click(screen.getByRole("checkbox", { name: /Subtitles inside/ }));
    expect(last()?.embed_subtitles).toBe(true);
  });

  it("moves the threshold with the keyboard, within its bounds", async () => {
    const { user, last } = form();
    const slider = screen.getByRole("slider", { name: "Silence threshold" });
    slider.focus();
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(last()?.silence_threshold).toBe(-38);
    await user.keyboard("{Home}");
    expect(last()?.silence_threshold).toBe(-60);
    expect(screen.getByText(/hardly anything counts as silence/)).toBeInTheDocument();
    await user.keyboard("{End}");
    expect(last()?.silence_threshold).toBe(-20);
    expect(screen.getByText(/quiet speech counts as silence/)).toBeInTheDocument();
  });

  it("cuts by speech, by a threshold, or by one that each video has of its own", async () => {
    const { user, last } = form();
    await user.click(screen.getByRole("checkbox", { name: "Find the threshold in each video" }));
    expect(last()?.auto_threshold).toBe(true);
    expect(screen.getByRole("slider", { name: "Silence threshold" })).toHaveAttribute("data-disabled");
    await user.click(screen.getByRole("radio", { name: "By speech" }));
    expect(last()?.silence_mode).toBe("speech");
    expect(screen.queryByRole("slider", { name: "Silence threshold" })).not.toBeInTheDocument();
    fireEvent.change(screen.getByRole("spinbutton", { name: /Kept after sound/ }), { target: { value: "0.4" } });
    expect(last()?.margin_after_s).toBe(0.4);
    fireEvent.change(screen.getByRole("spinbutton", { name: /Kept before sound/ }), { target: { value: "3" } });
    expect(screen.getByText("Choose between 0 and 2 seconds.")).toBeInTheDocument();
  });

  it("says what is wrong with a duration, at once", async () => {
    form();
    const field = screen.getByRole("spinbutton", { name: /Minimum duration/ });
    fireEvent.change(field, { target: { value: "9" } });
    expect(screen.getByText("Choose between 0.5 and 5 seconds.")).toBeInTheDocument();
    expect(field).toHaveAttribute("aria-invalid", "true");
    fireEvent.change(field, { target: { value: "" } });
    expect(field).toHaveValue(null);
    fireEvent.change(field, { target: { value: "1.5" } });
    expect(screen.queryByText("Choose between 0.5 and 5 seconds.")).not.toBeInTheDocument();
  });

  it("offers the sizes of each quality, and forgets one that no longer fits", async () => {
    const { user, last } = form();
    await pick(user, "Resolution", "1600 × 900");
    expect(last()?.resolution).toBe("1600x900");
    await pick(user, "Quality", "720p");
    expect(last()).toMatchObject({ export_quality: "720p", resolution: null });
    await pick(user, "Format", "WebM");
    expect(last()?.export_format).toBe("webm");
    await user.click(screen.getByRole("checkbox", { name: "Enlarge smaller videos" }));
    expect(last()?.upscale).toBe(true);
  });

  it("shows the settings in short, and goes back to the defaults", async () => {
    const { user, last } = form({ ...DEFAULT_SETTINGS, transcribe: true, export_quality: "4K" });
    const preview = within(screen.getByRole("group", { name: "Selected settings" }));
    expect(preview.getByText("Transcribe")).toBeInTheDocument();
    expect(preview.getByText("4K MP4")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Reset to defaults" }));
    expect(last()).toEqual(DEFAULT_SETTINGS);
    expect(preview.queryByText("Transcribe")).not.toBeInTheDocument();
  });

  it("warns when nothing would be done", async () => {
    const { user } = form();
    await user.click(screen.getByRole("checkbox", { name: /^Remove silence/ }));
    expect(screen.getByText(/Nothing is cut/)).toBeInTheDocument();
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
  });

  it("keeps everything else behind its advanced part in its short form", async () => {
    const { user } = form(undefined, true);
    expect(screen.queryByRole("slider")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /Advanced settings/ }));
    expect(screen.getByRole("slider", { name: "Silence threshold" })).toBeInTheDocument();
    expect(screen.getByRole("combobox", { name: "Format" })).toBeInTheDocument();
  });

  it("loads a template", async () => {
    const settings = { ...DEFAULT_SETTINGS, silence_threshold: -30, min_silence_s: 2 };
    answers("get", "/api/settings-templates", { templates: [makeTemplate({ settings, is_default: true })] });
    const { user, last } = form();
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Load template" })).toBeEnabled());
    await pick(user, "Load template", "Podcast (default)");
    expect(last()).toEqual(settings);
    expect(screen.getByRole("spinbutton", { name: /Minimum duration/ })).toHaveValue(2);
  });

  it("saves the settings as a template, and says when the name is taken", async () => {
    const asked = answers("post", "/api/settings-templates", makeTemplate(), 201);
    const { user } = form();
    await user.click(screen.getByRole("button", { name: "Save as template" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Talks");
    await user.click(screen.getByRole("checkbox", { name: "Use for new batches" }));
    await user.click(screen.getByRole("button", { name: "Save template" }));
    await waitFor(() =>
      expect(asked[0]?.body).toEqual({ name: "Talks", settings: DEFAULT_SETTINGS, is_default: true }),
    );
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    refuses("post", "/api/settings-templates", 409, "conflict", "There is a template named 'Talks' already.");
    await user.click(screen.getByRole("button", { name: "Save as template" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Talks");
    await user.click(screen.getByRole("button", { name: "Save template" }));
    expect(await screen.findByText("There is a template named 'Talks' already.")).toBeInTheDocument();
  });

  it("renames templates, makes one the default, and deletes with a way back", async () => {
    const template = makeTemplate();
    answers("get", "/api/settings-templates", { templates: [template] });
    const changed = answers("patch", "/api/settings-templates/:id", template);
    const deleted = answers("delete", "/api/settings-templates/:id", null, 204);
    const saved = answers("post", "/api/settings-templates", template, 201);
    const { user } = form();
    await waitFor(() => expect(screen.getByRole("button", { name: "Manage templates" })).toBeEnabled());
    await user.click(screen.getByRole("button", { name: "Manage templates" }));
    await user.click(await screen.findByRole("button", { name: "Make Podcast the default" }));
    await waitFor(() => expect(changed[0]?.body).toEqual({ is_default: true }));
    await user.click(screen.getByRole("button", { name: "Rename Podcast" }));
    await user.clear(screen.getByRole("textbox", { name: "New name" }));
    await user.type(screen.getByRole("textbox", { name: "New name" }), "Talks{Enter}");
    await waitFor(() => expect(changed[1]?.body).toEqual({ name: "Talks" }));
    await user.click(await screen.findByRole("button", { name: "Delete Podcast" }));
    await waitFor(() => expect(deleted).toHaveLength(1));
    await user.click(await screen.findByText("Undo"));
    await waitFor(() => expect(saved).toHaveLength(1));
  });
});
