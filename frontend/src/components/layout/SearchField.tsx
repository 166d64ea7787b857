import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Input } from "@/components/ui/field";

interface Props {
  label: string;
  placeholder: string;
  /** Characters that can be searched for at most. */
  longest: number;
  value: string;
  onChange: (text: string) => void;
}

/** Searches when typing rests for a moment. */
export function SearchField({ label, placeholder, longest, value, onChange }: Props) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="relative min-w-52 flex-1 sm:max-w-80">
      <Search className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted" aria-hidden />
      <Input
        type="search"
        data-filter
        aria-label={label}
        placeholder={placeholder}
        className="pl-9"
        maxLength={longest}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}
