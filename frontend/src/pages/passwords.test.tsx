import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ForgottenPassword } from "@/pages/ForgottenPassword";
import { ResetPassword } from "@/pages/ResetPassword";
import { show } from "@/test/render";
import { answers, refuses } from "@/test/server";

describe("a forgotten password", () => {
  it("is mailed a link for, whether there is such an account or not", async () => {
    const asked = answers("post", "/api/password-resets", {}, 204);
    const { user } = show(<ForgottenPassword />);
    await user.click(screen.getByRole("button", { name: "Mail me a link" }));
    expect(screen.getByLabelText("Email")).toHaveAccessibleDescription(/Enter your email address/);
    await user.type(screen.getByLabelText("Email"), "ada@example.com");
    await user.click(screen.getByRole("button", { name: "Mail me a link" }));
    await screen.findByText(/If there is an account of ada@example.com/);
    expect(asked.map(({ body }) => body)).toEqual([{ email: "ada@example.com" }]);
  });

  it("cannot be mailed for where no mail is sent, and says so", async () => {
    refuses("post", "/api/password-resets", 403, "forbidden", "No mail is sent here; ask whoever runs it.");
    const { user } = show(<ForgottenPassword />);
    await user.type(screen.getByLabelText("Email"), "ada@example.com{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("No mail is sent here");
  });
});

describe("the link in a letter", () => {
  it("sets a new password with the token behind its #", async () => {
    const used = answers("post", "/api/password-resets/use", {}, 204);
    const { user } = show(<ResetPassword />, "/reset-password#a-token");
    await user.type(screen.getByLabelText("New password"), "short{Enter}");
    expect(screen.getByLabelText("New password")).toHaveAccessibleDescription(/Use at least 8 characters/);
    expect(used).toHaveLength(0);
    await user.type(screen.getByLabelText("New password"), " no more{Enter}");
    expect(await screen.findByRole("link", { name: "Sign in" })).toHaveAttribute("href", "/sign-in");
    expect(used.map(({ body }) => body)).toEqual([{ token: "a-token", new_password: "short no more" }]);
  });

  it("leads to a new one when it was used, or is not complete", async () => {
    refuses("post", "/api/password-resets/use", 422, "invalid", "This link was used already.");
    const { user, unmount } = show(<ResetPassword />, "/reset-password#old");
    await user.type(screen.getByLabelText("New password"), "long enough{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This link was used already.");
    expect(screen.getByRole("link", { name: "Ask for a new link" })).toHaveAttribute("href", "/forgotten-password");
    unmount();
    show(<ResetPassword />, "/reset-password");
    expect(screen.getByRole("alert")).toHaveTextContent("This link is not complete.");
  });
});
