import { FilterX } from "lucide-react";
import { Link } from "react-router";
import { Loaded } from "@/components/layout/Loaded";
import { SearchField } from "@/components/layout/SearchField";
import { Empty } from "@/components/layout/States";
import { PLANS } from "@/components/layout/UserMenu";
import { When } from "@/components/layout/When";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pagination } from "@/components/ui/pagination";
import { Select } from "@/components/ui/select";
import { useUsers } from "@/hooks/operators";
import { useUrlState } from "@/hooks/url-state";
import { plural } from "@/lib/format";
import { moveBetweenRows } from "@/lib/rows";
import type { Role, Tier, User } from "@/types/people";

const SIZE = 20;
const TIERS = ["all", "free", "creator", "pro"] as const;
const ROLES = ["all", "user", "operator"] as const;

/** All accounts: found by their email, tier and role. */
export function UsersPanel() {
  const [search, setSearch] = useUrlState<string>("search", "");
  const [tier, setTier] = useUrlState<(typeof TIERS)[number]>("tier", "all", TIERS);
  const [role, setRole] = useUrlState<(typeof ROLES)[number]>("role", "all", ROLES);
  const [written, setWritten] = useUrlState<string>("page", "1");
  const page = Math.max(1, Number.parseInt(written, 10) || 1);
  const users = useUsers({
    search: search || undefined,
    tier: tier === "all" ? undefined : (tier as Tier),
    role: role === "all" ? undefined : (role as Role),
    limit: SIZE,
    offset: (page - 1) * SIZE,
  });
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField
          label="Search accounts"
          placeholder="Search by email"
          longest={320}
          value={search}
          onChange={setSearch}
        />
        <Select
          aria-label="Filter by plan"
          className="w-36"
          value={tier}
          onChange={setTier}
          options={TIERS.map((value) => ({ value, label: PLANS[value] ?? "All plans" }))}
        />
        <Select
          aria-label="Filter by role"
          className="w-36"
          value={role}
          onChange={setRole}
          options={[
            { value: "all", label: "All roles" },
            { value: "user", label: "Users" },
            { value: "operator", label: "Operators" },
          ]}
        />
      </div>
      <Card className="overflow-hidden">
        <Loaded query={users} rows={5}>
          {(found) =>
            found.users.length === 0 ? (
              <Empty
                icon={FilterX}
                title="No such account"
                action={
                  <Button variant="outline" asChild>
                    <Link to="/operators/users">Show all accounts</Link>
                  </Button>
                }
              />
            ) : (
              <ul className="divide-y divide-line" aria-label="Accounts" onKeyDown={moveBetweenRows}>
                {found.users.map((user) => (
                  <Row key={user.id} user={user} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Card>
      {users.data && (
        <Pagination page={page} size={SIZE} total={users.data.total} onPage={(next) => setWritten(String(next))} />
      )}
    </>
  );
}

function Row({ user }: { user: User }) {
  return (
    <li className="grid gap-x-4 gap-y-1 px-5 py-3 hover:bg-sunken/50 sm:grid-cols-[minmax(0,1fr)_10rem_12rem] sm:items-center">
      <div className="min-w-0">
        <Link
          to={`/operators/users/${user.id}`}
          data-row
          className="break-all font-medium text-sm hover:text-primary hover:underline"
        >
          {user.email}
        </Link>
        <p className="text-muted text-xs">
          Made <When at={user.created_at} />
        </p>
      </div>
      <p className="flex flex-wrap gap-1.5">
        <Badge tone="plain">{PLANS[user.tier]}</Badge>
        {user.role === "operator" && <Badge tone="primary">Operator</Badge>}
      </p>
      <p className="text-[0.8125rem] text-muted">
        {user.last_seen_at ? (
          <>
            Seen <When at={user.last_seen_at} />
          </>
        ) : (
          "Not seen lately"
        )}
        <span className="block text-xs">
          {plural(user.sessions, "browser")}, {plural(user.api_keys, "API key")}
        </span>
      </p>
    </li>
  );
}
