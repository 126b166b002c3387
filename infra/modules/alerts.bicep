// What wakes somebody. Each rule asks the workspace a question (alerts/*.kql) and compares its one number. A new workspace has no
// AppMetrics yet: the queries bring an empty table of its columns (union isfuzzy), and nothing is checked when a rule is made.
param name string
param location string
param tags object
param workspaceId string

@description('Who is mailed; empty for nobody.')
param email string

@description('Action groups to be told as well.')
param actionGroupIds string[]

@description('Hours that the oldest waiting conversion may have waited. The longest ordinary wait is some hours: rows that are too early for Google are looked at again after 6.')
param backlogHours int = 12

@description('Conversions of one provider that may fail in an hour.')
param failuresPerHour int = 20

var rules = [
  {
    name: 'no-upload-tick'
    text: 'No upload run has succeeded for 25 minutes, or nothing has been heard of the worker since. After two days of silence it resolves by itself.'
    query: loadTextContent('../alerts/no-upload-tick.kql')
    column: 'Minutes'
    threshold: 25
    // The longest that a rule may look back: a worker that fell silent is remembered for so long.
    range: 'P2D'
    byProvider: false
    severity: 1
  }
  {
    name: 'backlog-age'
    text: 'Conversions wait longer than any ordinary retry.'
    query: loadTextContent('../alerts/backlog-age.kql')
    column: 'Hours'
    threshold: backlogHours
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'failures'
    text: 'More conversions failed for good in an hour than is ordinary. The status page (/api/status) shows the codes, docs/errors.md what each means.'
    query: loadTextContent('../alerts/failures.kql')
    column: 'Rows'
    threshold: failuresPerHour
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'circuit-open'
    text: 'A site\'s circuit has been open for more than an hour.'
    query: loadTextContent('../alerts/circuit-open.kql')
    column: 'Minutes'
    threshold: 60
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'revoked-credentials'
    text: 'Google refuses the credentials of a site: it must consent again. The status page (/api/status) shows which; docs/errors.md#access-to-the-sites-google-account says what to do.'
    query: loadTextContent('../alerts/revoked-credentials.kql')
    column: 'Credentials'
    threshold: 0
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'undercounted'
    text: 'Google shows fewer conversions of a site than it took, by more than 2 % and 5. The status page (/api/status) shows which and why; docs/errors.md what each reason means.'
    query: loadTextContent('../alerts/undercounted.kql')
    column: 'Sites'
    threshold: 0
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'uncorrected'
    text: 'Sales of a site were canceled or changed, and Google could not be told within a day. The status page (/api/status) shows which site; docs/errors.md#corrections says what to do.'
    query: loadTextContent('../alerts/uncorrected.kql')
    column: 'Sites'
    threshold: 0
    range: 'PT1H'
    byProvider: true
    severity: 2
  }
  {
    name: 'refused-calls'
    text: 'Fifty or more HTTP calls were refused within ten minutes for their secret: somebody guesses, or a caller still has an old one. docs/runbook.md#refused-calls says what to do.'
    query: loadTextContent('../alerts/refused-calls.kql')
    column: 'Calls'
    threshold: 49
    range: 'PT1H'
    byProvider: false
    severity: 2
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'opsmantik'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: 'alert-${name}-${rule.name}'
    location: location
    tags: tags
    properties: {
      displayName: 'OpsMantik: ${rule.name}'
      description: rule.text
      severity: rule.severity
      enabled: true
      autoMitigate: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT1H'
      overrideQueryTimeRange: rule.range
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.column
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: rule.byProvider ? [{ name: 'Provider', operator: 'Include', values: ['*'] }] : []
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: concat(actionGroupIds, empty(email) ? [] : [operators.id]) }
    }
  }
]
