import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { changeTemplate, createTemplate, deleteTemplate, getTemplates } from "@/api/account";
import { keys } from "@/api/keys";
import { explain } from "@/lib/problems";
import type { BatchSettings } from "@/types/batch";

/** The settings templates of whoever is signed in: the default first. */
export function useTemplates() {
  return useQuery({ queryKey: keys.templates, queryFn: ({ signal }) => getTemplates(signal), staleTime: 30_000 });
}

export type TemplateAction =
  | { kind: "save"; name: string; settings: BatchSettings; is_default: boolean }
  | { kind: "change"; id: string; name?: string; settings?: BatchSettings; is_default?: boolean }
  | { kind: "delete"; id: string };

const DONE = { save: "Template saved", change: "Template changed", delete: "Template deleted" };

export function useTemplateAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: TemplateAction) => {
      const { kind, ...rest } = action;
      if (action.kind === "save") await createTemplate(rest as { name: string; settings: BatchSettings });
      else if (action.kind === "delete") await deleteTemplate(action.id);
      else {
        const { id, name, settings, is_default } = action;
        await changeTemplate(id, { name, settings, is_default });
      }
      return kind;
    },
    onSuccess: (kind) => {
      toast.success(DONE[kind]);
      return client.invalidateQueries({ queryKey: keys.templates });
    },
    onError: (error) => {
      const { title, detail } = explain(error);
      toast.error(title, { description: detail });
    },
  });
}
