import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { Toaster } from "sonner";
import { makeClient } from "@/app/Providers";
import { TooltipProvider } from "@/components/ui/tooltip";

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}

/** Show a part of the page with everything around it that it needs. */
export function show(ui: ReactNode, at = "/") {
  const client = makeClient();
  client.setDefaultOptions({ queries: { retry: false }, mutations: { retry: false } });
  const view = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <MemoryRouter initialEntries={[at]}>
          {ui}
          <Address />
        </MemoryRouter>
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return { ...view, client, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

export function address(): string {
  return screen.getByTestId("address").textContent ?? "";
}

type User = ReturnType<typeof userEvent.setup>;

/** Open the menu behind a button and choose from it. */
export async function choose(user: User, button: RegExp | string, item: RegExp | string): Promise<void> {
  await user.click(screen.getByRole("button", { name: button }));
  await user.click(within(await screen.findByRole("menu")).getByRole("menuitem", { name: item }));
}

/** Open a list and choose one of its options. */
export async function pick(user: User, list: RegExp | string, option: RegExp | string): Promise<void> {
  await user.click(screen.getByRole("combobox", { name: list }));
  await user.click(await screen.findByRole("option", { name: option }));
}
