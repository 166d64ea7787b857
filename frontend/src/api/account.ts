/** Who is signed in, and their settings templates. */
import { answer, apiClient } from "@/api/client";
import { ApiError } from "@/lib/problems";
import type { BatchSettings, Me, Preferences, PreferencesChange, SettingsTemplate, SignInOptions } from "@/types/batch";

export interface Credentials {
  email: string;
  password: string;
}

/** Who is signed in; null when nobody is. */
export async function getMe(signal?: AbortSignal): Promise<Me | null> {
  try {
    return await answer(apiClient.GET("/api/me", { signal }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** The ways in besides email and password. */
export async function getSignInOptions(signal?: AbortSignal): Promise<SignInOptions> {
  return answer(apiClient.GET("/api/sign-in-options", { signal }));
}

export async function signIn(credentials: Credentials): Promise<Me> {
  return answer(apiClient.POST("/api/session", { body: credentials }));
}

export async function signUp(credentials: Credentials): Promise<Me> {
  return answer(apiClient.POST("/api/accounts", { body: credentials }));
}

export async function signOut(): Promise<void> {
  await answer(apiClient.DELETE("/api/session"));
}

export async function changePassword(change: { old_password: string; new_password: string }): Promise<void> {
  await answer(apiClient.PUT("/api/me/password", { body: change }));
}

const at = (id: string) => ({ params: { path: { template_id: id } } });

/** The default first, then by name. */
export async function getTemplates(signal?: AbortSignal): Promise<SettingsTemplate[]> {
  return (await answer(apiClient.GET("/api/settings-templates", { signal }))).templates as SettingsTemplate[];
}

export async function createTemplate(template: {
  name: string;
  settings: BatchSettings;
  is_default?: boolean;
}): Promise<SettingsTemplate> {
  return (await answer(apiClient.POST("/api/settings-templates", { body: template }))) as SettingsTemplate;
}

export async function changeTemplate(
  id: string,
  change: { name?: string; settings?: BatchSettings; is_default?: boolean },
): Promise<SettingsTemplate> {
  const asked = apiClient.PATCH("/api/settings-templates/{template_id}", { ...at(id), body: change });
  return (await answer(asked)) as SettingsTemplate;
}

export async function deleteTemplate(id: string): Promise<void> {
  await answer(apiClient.DELETE("/api/settings-templates/{template_id}", at(id)));
}

export async function getPreferences(signal?: AbortSignal): Promise<Preferences> {
  return answer(apiClient.GET("/api/me/preferences", { signal }));
}

/** What is left out stays as it is. */
export async function changePreferences(change: PreferencesChange): Promise<Preferences> {
  return answer(apiClient.PATCH("/api/me/preferences", { body: change }));
}
