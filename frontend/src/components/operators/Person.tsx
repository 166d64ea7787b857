import { Link } from "react-router";

interface Props {
  id: string;
  emails: ReadonlyMap<string, string>;
}

/** Whose something is, with the way to the account. */
export function Person({ id, emails }: Props) {
  return (
    <Link
      to={`/operators/users/${id}`}
      className="break-all text-primary underline decoration-primary/40 underline-offset-2 hover:decoration-primary"
    >
      {emails.get(id) ?? `account ${id.slice(0, 8)}`}
    </Link>
  );
}
