class TourModel: pass
