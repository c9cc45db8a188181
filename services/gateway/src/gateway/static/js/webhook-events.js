/** The events that an endpoint can ask for, as people read them. */
export const WEBHOOK_EVENTS = {
  "report.completed": "Completed",
  "report.failed": "Failed",
  "report.cancelled": "Cancelled",
  "report.draft_ready": "Waiting for review",
  "report.review_reminder": "Still waiting for review",
  "report.paused": "Paused",
  "report.resumed": "Resumed",
};
