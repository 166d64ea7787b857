import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";
import { makeClient, Providers } from "@/app/Providers";
import { router } from "@/app/router";
import { followTheme } from "@/lib/theme";
import "@/index.css";

followTheme();

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Providers client={makeClient()}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
