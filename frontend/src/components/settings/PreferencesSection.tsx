import { Section } from "@/components/settings/Section";
import { RadioGroup } from "@/components/ui/radio-group";
import { useStore } from "@/hooks/use-store";
import { chooseTheme, THEMES, theme } from "@/lib/theme";

/** How the page looks. */
export function PreferencesSection() {
  const chosen = useStore(theme);
  return (
    <Section title="Appearance" description="Kept in this browser.">
      <RadioGroup
        label="Theme"
        value={chosen}
        choices={THEMES.map(([value, label]) => ({ value, label }))}
        onChange={chooseTheme}
      />
    </Section>
  );
}
