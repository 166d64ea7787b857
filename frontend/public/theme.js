// Runs before the page is painted; the same rule is in src/lib/theme.ts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("dailies.theme");
  } catch {
    // No storage: the system decides.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#14120f" : "#fbfaf9");
})();
