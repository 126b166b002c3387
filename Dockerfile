# The worker with its own schedules, for those who run it outside Azure: docs/deployment.md, "In a container".
# Two images of one program, neither with a shell: worker, the default, and migrate, which brings the database up to date.
# A tag may mean another image tomorrow; .ci/pin-images puts digests behind these and those of compose.yaml.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish Cli -c Release -o /out -p:RestoreLockedMode=true -p:ContinuousIntegrationBuild=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS migrate
WORKDIR /app
COPY --from=build /out .
USER $APP_UID
ENTRYPOINT ["dotnet", "opsmantik.dll", "migrate"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS worker
WORKDIR /app
COPY --from=build /out .
ENV ASPNETCORE_URLS=http://+:8080
EXPOSE 8080
USER $APP_UID
# The image has no curl: the program asks the worker, and prints what its health page says.
HEALTHCHECK --interval=30s --timeout=20s --start-period=30s CMD ["dotnet", "opsmantik.dll", "health"]
ENTRYPOINT ["dotnet", "opsmantik.dll", "serve"]
