/** The mark and the name. */
export function Logo() {
  return (
    <span className="flex items-center gap-2.5 font-semibold text-[1.0625rem] tracking-tight">
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#d9480f" />
        <path d="M7 9.5h18M7 22.5h18" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeDasharray="2.6 3.4" />
        <path d="M13 12.6v6.8a.8.8 0 0 0 1.2.7l5.6-3.4a.8.8 0 0 0 0-1.4l-5.6-3.4a.8.8 0 0 0-1.2.7Z" fill="#fff" />
      </svg>
      Dailies
    </span>
  );
}
