import { ScrollText } from "lucide-react";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { AuditList } from "@/components/settings/AuditList";
import { Section } from "@/components/settings/Section";
import { Button } from "@/components/ui/button";
import { useEmails, useWholeAuditLog } from "@/hooks/operators";
import { useUrlState } from "@/hooks/url-state";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was done to accounts, of everybody or of one. */
export function AuditPanel() {
  const [written, setUser] = useUrlState<string>("user", "");
  const user = ID.test(written) ? written : null;
  const log = useWholeAuditLog(user);
  const email = useEmails(user ? [user] : []).get(user ?? "");
  return (
    <Section
      title={user ? `Audit log of ${email ?? "one account"}` : "Audit log"}
      description="What is relevant to security, by whom and from where. Nobody can change it, operators neither."
      actions={
        user && (
          <Button variant="outline" size="small" onClick={() => setUser("")}>
            Of everybody
          </Button>
        )
      }
    >
      <div className="-mx-5 -my-4">
        <Loaded query={log} rows={5}>
          {({ pages }) =>
            pages[0]?.entries.length ? (
              <AuditList pages={pages} query={log} label="Audit log" ofMany />
            ) : (
              <Empty icon={ScrollText} title="Nothing yet" />
            )
          }
        </Loaded>
      </div>
    </Section>
  );
}
