import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { changeTemplate, createTemplate, deleteTemplate, getTemplates } from "@/api/account";
import { keys } from "@/api/keys";
import { explain } from "@/lib/problems";
import type { BatchSettings, SettingsTemplate } from "@/types/batch";

/** The settings templates of whoever is signed in: the default first. */
export function useTemplates() {
  return useQuery({ queryKey: keys.templates, queryFn: ({ signal }) => getTemplates(signal), staleTime: 30_000 });
}

export type TemplateAction =
  | { kind: "save"; name: string; settings: BatchSettings; is_default: boolean }
  | { kind: "change"; id: string; name?: string; settings?: BatchSettings; is_default?: boolean }
  | { kind: "delete"; template: SettingsTemplate };

const DONE = { save: "Template saved", change: "Template changed", delete: "Template deleted" };

async function ask(action: TemplateAction): Promise<void> {
  if (action.kind === "delete") return deleteTemplate(action.template.id);
  if (action.kind === "save") {
    const { name, settings, is_default } = action;
    await createTemplate({ name, settings, is_default });
  } else {
    const { id, name, settings, is_default } = action;
    await changeTemplate(id, { name, settings, is_default });
  }
}

export function useTemplateAction() {
  const client = useQueryClient();
  const fail = (error: unknown) => {
    const { title, detail } = explain(error);
    toast.error(title, { description: detail });
  };
  const refresh = () => client.invalidateQueries({ queryKey: keys.templates });
  return useMutation({
    mutationFn: ask,
    onSuccess: (_, action) => {
      const undo = () => {
        if (action.kind !== "delete") return;
        const { name, settings, is_default } = action.template;
        ask({ kind: "save", name, settings, is_default }).then(refresh, fail);
      };
      toast.success(
        DONE[action.kind],
        action.kind === "delete" ? { action: { label: "Undo", onClick: undo } } : undefined,
      );
      return refresh();
    },
    onError: fail,
  });
}
