"""The API floor: what every `<app>/api.py` stands on.

Answers come in this order: 401, 404 (410), 403, 428/412, 409, 400; never 422. Errors are problem+json.

Example, `procurement/api.py` (the whole of it):

    class ProjectSerializer(StrictModelSerializer):
        class Meta:
            model = Project
            fields = ["id", "number", "state", "version", "name", "organisation"]
            read_only_fields = ["number", "state", "version", "organisation"]
        id = serializers.UUIDField(source="uuid", read_only=True)

    class ProjectViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
        queryset = Project.objects.select_related("organisation").order_by("-id")  # narrowed by visible_to
        serializer_class = ProjectSerializer                 # page_size ≤ 100, `fields=` come by themselves
        filterset_class = ProjectFilter
        abilities = staticmethod(project_abilities)          # (actor, obj) -> Verdicts; for edit and moves
        collection_abilities = staticmethod(projects_abilities)  # (actor) -> Verdicts; "create"
        if_match = frozenset({"edit", "close"})              # 428 without If-Match; it is compared when given
        moves = {
            "close": MoveEndpoint(Project.close),            # called (obj, actor=, **input)
            "abandon": MoveEndpoint(Project.abandon, input=ReasonInput),
        }
        def create_object(self, *, actor, data): return create_project(actor=actor, **data)
        def edit_object(self, obj, *, actor, data, expected_version):
            return obj.edit(actor=actor, expected_version=expected_version, **data)

    ROUTES = [("projects", ProjectViewSet, "project")]       # the list every app's api.py ends with

`public = True` on a viewset opens reading to visitors (401 otherwise). A feed sets `pagination_class = Feed`.
A move named "edit" or "create" is reserved. Other POST actions that create: decorate with `@once`.
Imports: `marketplace.rest.serializers` (StrictSerializer, StrictModelSerializer, NoInput, ReasonInput),
`marketplace.rest.viewsets` (ReadViewSet, PatchMixin, CreateOnceMixin), `marketplace.rest.moves`
(MoveMixin, MoveEndpoint), `marketplace.rest.fields` (CodeField), `marketplace.rest.paging` (PageNumber,
Feed), `marketplace.rest.idempotency`.
In tests: `client_for_token(membership)` of tests/rest/builders.py, or `manage.py demo_token requester`.
"""
