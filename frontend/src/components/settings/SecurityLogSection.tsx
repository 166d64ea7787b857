import { ScrollText } from "lucide-react";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { AuditList } from "@/components/settings/AuditList";
import { Section } from "@/components/settings/Section";
import { useAuditLog } from "@/hooks/security";

/** What was done to the own account, by whom and from where. */
export function SecurityLogSection() {
  const log = useAuditLog();
  return (
    <Section
      title="Security log"
      description="Sign-ins, also failed ones, passwords, API keys, webhooks, and what operators did. Nobody can change it."
    >
      <div className="-mx-5 -my-4">
        <Loaded query={log} rows={5}>
          {({ pages }) =>
            pages[0]?.entries.length ? (
              <AuditList pages={pages} query={log} label="Security log" />
            ) : (
              <Empty icon={ScrollText} title="Nothing yet" />
            )
          }
        </Loaded>
      </div>
    </Section>
  );
}
