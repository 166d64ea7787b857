import { Clapperboard } from "lucide-react";
import { Link } from "react-router";
import { Page } from "@/components/layout/Page";
import { Empty } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";

export function Missing() {
  return (
    <Page title="Not found">
      <Card>
        <Empty
          icon={Clapperboard}
          title="There is no such page"
          action={
            <Button asChild variant="outline">
              <Link to="/">To the dashboard</Link>
            </Button>
          }
        >
          It may have been moved, or the address has a slip of the pen.
        </Empty>
      </Card>
    </Page>
  );
}
