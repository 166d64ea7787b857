import { type FormEvent, useState } from "react";
import { Failure } from "@/components/layout/States";
import { Section } from "@/components/settings/Section";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { useChangeNotificationSettings, useNotificationSettings } from "@/hooks/notices";
import type { NotificationSettings } from "@/types/batch";

/** What is mailed. */
export function NotificationsSection() {
  const { data, error, isFetching, refetch } = useNotificationSettings();
  return (
    <Section
      title="Email"
      description={
        data ? `Letters go to ${data.email}. The notification centre tells everything in any case.` : undefined
      }
    >
      {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
      {!error && !data && <Skeleton className="h-28 rounded-lg" />}
      {data && <Choices key={data.email_from_videos} settings={data} />}
    </Section>
  );
}

function Choices({ settings }: { settings: NotificationSettings }) {
  const change = useChangeNotificationSettings();
  const [videos, setVideos] = useState(String(settings.email_from_videos));
  const wanted = Number(videos);
  const problem =
    Number.isInteger(wanted) && wanted >= 1 && wanted <= 500 ? null : "Enter a number of videos from 1 to 500.";
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!problem) change.mutate({ email_from_videos: wanted });
  };
  return (
    <div className="grid gap-5">
      {!settings.email_available && (
        <Alert tone="info" live={false}>
          This installation sends no email; whoever runs it can set up a mail server.
        </Alert>
      )}
      <CheckField
        label="Reports of batches"
        hint="When a batch has completed or failed: before and after, what failed and what to do about it."
        checked={settings.email_reports}
        onChange={(email_reports) => change.mutate({ email_reports })}
      />
      {settings.email_reports && (
        <form noValidate onSubmit={save} className="ml-7 flex flex-wrap items-start gap-3">
          <Field label="Only of batches with so many videos or more" error={problem} className="w-80 max-w-full">
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={1}
                max={500}
                value={videos}
                className="w-28"
                onChange={(event) => setVideos(event.target.value)}
              />
            )}
          </Field>
          {wanted !== settings.email_from_videos && (
            <Button type="submit" variant="outline" className="mt-6.5" busy={change.isPending}>
              Save
            </Button>
          )}
        </form>
      )}
      <CheckField
        label="Important notices"
        hint="Such as that something will be deleted."
        checked={settings.email_notices}
        onChange={(email_notices) => change.mutate({ email_notices })}
      />
    </div>
  );
}
