import { createBrowserRouter } from "react-router";
import { Frame } from "@/app/Frame";
import { Crash } from "@/pages/Crash";

/** Every address of the page; each page is loaded when it is needed. */
export const router = createBrowserRouter([
  {
    errorElement: <Crash />,
    hydrateFallbackElement: <div />,
    children: [
      { path: "/sign-in", lazy: async () => ({ Component: (await import("@/pages/SignIn")).SignIn }) },
      { path: "/sign-up", lazy: async () => ({ Component: (await import("@/pages/SignIn")).SignUp }) },
      {
        path: "/forgotten-password",
        lazy: async () => ({ Component: (await import("@/pages/ForgottenPassword")).ForgottenPassword }),
      },
      {
        path: "/reset-password",
        lazy: async () => ({ Component: (await import("@/pages/ResetPassword")).ResetPassword }),
      },
      { path: "/unsubscribe", lazy: async () => ({ Component: (await import("@/pages/Unsubscribe")).Unsubscribe }) },
      {
        Component: Frame,
        children: [
          { index: true, lazy: async () => ({ Component: (await import("@/pages/Dashboard")).Dashboard }) },
          { path: "/batches", lazy: async () => ({ Component: (await import("@/pages/Batches")).Batches }) },
          { path: "/batches/:id", lazy: async () => ({ Component: (await import("@/pages/Batch")).Batch }) },
          { path: "/batches/:id/report", lazy: async () => ({ Component: (await import("@/pages/Report")).Report }) },
          { path: "/notices", lazy: async () => ({ Component: (await import("@/pages/Notices")).Notices }) },
          { path: "/videos", lazy: async () => ({ Component: (await import("@/pages/Videos")).Videos }) },
          { path: "/videos/:id", lazy: async () => ({ Component: (await import("@/pages/Video")).Video }) },
          { path: "/analytics", lazy: async () => ({ Component: (await import("@/pages/Analytics")).Analytics }) },
          { path: "/usage", lazy: async () => ({ Component: (await import("@/pages/Usage")).Usage }) },
          { path: "/exports", lazy: async () => ({ Component: (await import("@/pages/Exports")).Exports }) },
          {
            path: "/settings/:concern?",
            lazy: async () => ({ Component: (await import("@/pages/Settings")).Settings }),
          },
          {
            path: "/operators/:concern?/:id?",
            lazy: async () => ({ Component: (await import("@/pages/Operators")).Operators }),
          },
          { path: "*", lazy: async () => ({ Component: (await import("@/pages/Missing")).Missing }) },
        ],
      },
    ],
  },
]);
